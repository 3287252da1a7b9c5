"""The process that stops an instance's parts after their last user: `python app/embedded keeper INSTANCE_DIR`."""

import sys

from app.embedded.places import Places
from app.embedded.users import keep

if __name__ == "__main__":
    keep(Places.of(sys.argv[1]))
