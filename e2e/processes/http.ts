/** The text behind a plain HTTP address of the mesh; fails where it answers anything but 200. */
export async function textFrom(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}

export async function isOk(url: string): Promise<boolean> {
  await textFrom(url)
  return true
}
