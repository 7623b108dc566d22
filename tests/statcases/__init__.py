"""One module per kind of statistical case; each offers `answer(spec, folder)`."""
