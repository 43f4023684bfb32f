"""Images: prepared chains as relocatable memory that the shell plays without Python."""
