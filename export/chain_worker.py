"""A process that makes the images of an instrument for the registers of another processor; see chain_images.py."""

import pickle
import sys

from engine.image.image import ImageError
from engine.instruments.ddsp.decoder_entry import use_placeholders

from .chain_images import ImageSet, make_set


def main() -> None:
    """Read a request, and write the images or the reason why there are none."""
    use_placeholders()  # the functions themselves are in the shell: nothing is compiled here
    patch, rates, follow_voice = pickle.loads(sys.stdin.buffer.read())
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    result: ImageSet | Exception
    try:
        result = make_set(patch, rates, follow_voice)
    except (ImageError, ValueError, OSError) as error:
        result = error
    output.write(pickle.dumps(result))


if __name__ == "__main__":
    main()
