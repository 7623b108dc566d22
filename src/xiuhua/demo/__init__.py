"""An invented county to try the application on; nothing in it exists anywhere.

Places, people, figures and documents are made up here, seeded, from a day on. It is
entered through the services alone, as a county's own people would enter it.
"""
