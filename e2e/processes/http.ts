/** The text at a plain HTTP address of the mesh. Fails for every status except 200. */
export async function textFrom(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}

export async function isOk(url: string): Promise<boolean> {
  await textFrom(url)
  return true
}
