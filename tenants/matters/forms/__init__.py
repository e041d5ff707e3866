"""The forms of the counter and of every act on a matter; the API validates by the same."""
