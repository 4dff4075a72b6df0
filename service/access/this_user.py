"""The user of the operating system that runs this process."""

import os

from onrecord.index.values import Actor, Way


def this_user(way: Way) -> Actor:
    """Return the user of this process by the name in the system's list of users, or by number if it has none."""
    try:
        import pwd

        return Actor(name=pwd.getpwuid(os.geteuid()).pw_name, way=way)
    except (ImportError, KeyError):  # Windows has no such list, and a container's user may be absent from it.
        return Actor(name=f"user {os.geteuid()}" if hasattr(os, "geteuid") else os.getlogin(), way=way)
