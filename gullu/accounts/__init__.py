"""How people sign in, stay signed in and are signed out; docs/sign-in.md tells the whole."""
