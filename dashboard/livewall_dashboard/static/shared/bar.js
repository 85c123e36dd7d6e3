// The bar of a page: on a phone it is one row that scrolls, to where the reader is.

document.querySelector(".page-bar [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
