"""What customers write: categories with reasons, or an honest "unknown"; pure, frames in and frames out."""
