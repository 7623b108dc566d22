"""How the installation is: alive for everybody, details for administrators."""
