/** 120 columns: a type or a sentence of this product often needs the width, and the style allows one exported concept a file. */
export default { printWidth: 120, trailingComma: "all" };
