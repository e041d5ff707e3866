"""The pages of replies: the letter, the wording, what is left to do after the reply, the reporter's own."""
