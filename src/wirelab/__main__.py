"""`python -m wirelab`."""

from wirelab.cli.signals import die_of_ctrl_c

if __name__ == "__main__":
    die_of_ctrl_c()
    from wirelab.cli import main  # after that: importing it is what takes time

    main()
