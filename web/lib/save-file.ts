/** Hands a file from the API to the browser's downloads. */
export function saveFile(file: Blob, name = file instanceof File ? file.name : "download"): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
