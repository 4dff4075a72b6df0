"""What keeps an archive sound: verification, backups, and a new index for another model."""
