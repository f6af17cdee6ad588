"""Photos as they are sent: checked before they are opened, decoded, made small."""
