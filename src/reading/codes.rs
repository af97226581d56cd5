//! The languages that there are. To add one is to add its file, `words/LL.txt`, and its code.

/// Their ISO 639-1 codes. English comes first, and then those that more people write in, since they win a tie.
pub(super) const CODES: [&str; 68] = [
    "en", "es", "fr", "de", "zh", "pt", "ru", "ar", "ja", "ko", "hi", "uk", "tr", "id", "th", "it", "nl",
    "pl", "sv", "da", "no", "fi", "cs", "vi", "fa", "he", "el", "ro", "hu", "bg", "sr", "bn", "ur", "sw",
    "sk", "sl", "lt", "lv", "et", "is", "ca", "mk", "sq", "ms", "tl", "az", "kk", "ka", "hy", "af", "lo",
    "my", "si", "eu", "mg", "gl", "ht", "be", "uz", "mn", "km", "ta", "ne", "am", "so", "fo", "ga", "mt",
];
