"""Run the command line: `python -m onrecord`."""

from onrecord.service.commands.app import main

if __name__ == "__main__":
    main()
