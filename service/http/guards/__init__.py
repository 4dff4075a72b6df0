"""What stands before the routes: the checks of a request, the turns, and the headers that a response gets."""
