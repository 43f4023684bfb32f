// The players: one at a time, by button, by keys, or by a touch on the picture; without this the browser's own stay.
"use strict";
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

for (const track of document.querySelectorAll(".track")) {
  const audio = track.querySelector("audio");
  const button = track.querySelector(".play");
  const place = track.querySelector("input");
  const needle = track.querySelector(".needle");
  const time = track.querySelector(".time");
  const whole = Number(track.dataset.seconds);
  const name = track.querySelector("h3").textContent;

  const show = () => {
    const now = Math.min(audio.currentTime, whole);
    needle.style.left = `${(100 * now) / whole}%`;
    place.value = now;
    place.setAttribute("aria-valuetext", `${now.toFixed(1)} of ${whole.toFixed(1)} seconds`);
    time.textContent = `${clock(now)} / ${clock(whole)}`;
  };
  const follow = () => {
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  };
  const say = () => {
    track.classList.toggle("playing", !audio.paused);
    button.setAttribute("aria-label", `${audio.paused ? "Play" : "Pause"}: ${name}`);
  };

  audio.controls = false;
  button.hidden = place.hidden = false;
  button.addEventListener("click", () => (audio.paused ? audio.play() : audio.pause()));
  place.addEventListener("input", () => {
    track.classList.add("begun");
    audio.currentTime = Number(place.value);
    show();
  });
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    track.classList.add("begun");
    say();
    follow();
  });
  audio.addEventListener("pause", say);
  audio.addEventListener("ended", say);
  audio.addEventListener("error", () => { time.textContent = "cannot be played"; });
  show();
}
