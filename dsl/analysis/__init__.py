"""What can be said of rules without a member at hand: proofs over everybody whom the vocabulary allows."""
