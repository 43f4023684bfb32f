// Audio players: one at a time, by button, keys or a click on the picture; without scripts the browser's own remain.
"use strict";
const formatTime = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

for (const track of document.querySelectorAll(".track")) {
  const audio = track.querySelector("audio");
  const button = track.querySelector(".play");
  const slider = track.querySelector("input");
  const needle = track.querySelector(".needle");
  const time = track.querySelector(".time");
  const duration = Number(track.dataset.seconds);
  const axis = Number(track.dataset.axis); // length of the picture: compared sounds have one axis of time
  const name = track.querySelector("h3").textContent;

  const show = () => {
    const now = Math.min(audio.currentTime, duration);
    needle.style.left = `${(100 * now) / axis}%`;
    slider.value = now;
    slider.setAttribute("aria-valuetext", `${now.toFixed(1)} of ${duration.toFixed(1)} seconds`);
    time.textContent = `${formatTime(now)} / ${formatTime(duration)}`;
  };
  const animate = () => {
    show();
    if (!audio.paused) requestAnimationFrame(animate);
  };
  const updateButton = () => {
    track.classList.toggle("playing", !audio.paused);
    button.setAttribute("aria-label", `${audio.paused ? "Play" : "Pause"}: ${name}`);
  };

  audio.controls = false;
  button.hidden = slider.hidden = false;
  button.addEventListener("click", () => (audio.paused ? audio.play() : audio.pause()));
  slider.addEventListener("input", () => {
    track.classList.add("begun");
    audio.currentTime = Math.min(Number(slider.value), duration);
    show();
  });
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    track.classList.add("begun");
    updateButton();
    animate();
  });
  audio.addEventListener("pause", updateButton);
  audio.addEventListener("ended", updateButton);
  audio.addEventListener("error", () => { time.textContent = "cannot be played"; });
  show();
}
