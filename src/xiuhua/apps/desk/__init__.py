"""What a user keeps at hand: named views of lists, and which forms were sent already.

Nothing of a household lies here: a view is parameters of an address, a sent form is a
random key and where its act led.
"""
