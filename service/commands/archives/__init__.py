"""The archive that a command uses: opened by this process, or served by another one."""
