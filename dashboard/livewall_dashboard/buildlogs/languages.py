"""How compilers say "error" and "warning" in the languages they are translated into."""

from __future__ import annotations

ERRORS = (
    "error", "fatal error", "runtime error", "internal compiler error", "sorry, unimplemented",
    "Fehler", "schwerwiegender Fehler", "interner Compiler-Fehler",  # German
    "erreur", "erreur fatale", "erreur interne du compilateur",  # French
    "error fatal", "error interno del compilador",  # Spanish
    "erro", "erro fatal",  # Portuguese
    "errore", "errore fatale", "errore irreversibile",  # Italian
    "fout", "fatale fout",  # Dutch
    "fel", "ödesdigert fel",  # Swedish
    "fejl", "fatal fejl",  # Danish
    "feil",  # Norwegian
    "virhe", "kohtalokas virhe",  # Finnish
    "chyba", "fatální chyba",  # Czech
    "błąd", "błąd krytyczny",  # Polish
    "hiba", "eroare", "hata", "ölümcül hata",  # Hungarian, Romanian, Turkish
    "ошибка", "фатальная ошибка", "помилка", "фатальна помилка", "грешка",  # Russian, Ukrainian, Serbian
    "σφάλμα", "lỗi",  # Greek, Vietnamese
    "エラー", "致命的エラー", "错误", "致命错误", "錯誤", "嚴重錯誤", "오류",  # Japanese, Chinese, Korean
)  # fmt: skip
WARNINGS = (
    "warning", "Warnung", "attention", "avertissement", "aviso", "advertencia", "attenzione", "avviso", "waarschuwing",
    "let op", "varning", "advarsel", "varoitus", "varování", "ostrzeżenie", "figyelmeztetés", "avertizare", "uyarı",
    "предупреждение", "попередження", "упозорење", "προειδοποίηση", "cảnh báo", "警告", "경고",
)  # fmt: skip

IS_ERROR = {word.casefold(): True for word in ERRORS} | {word.casefold(): False for word in WARNINGS}
