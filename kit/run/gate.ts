/** A moment that a test waits for, or lets come. */
export type Gate<T> = { reached: Promise<T>; open: (value: T) => void }

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => undefined
  const reached = new Promise<T>((resolve) => {
    open = resolve
  })
  return { reached, open }
}
