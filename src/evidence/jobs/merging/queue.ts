/** First in, first out. Its memory is that of the most that it held at once. */
export type Queue<T> = {
  readonly length: number
  push(one: T): void
  /** The oldest one; undefined where it is empty. */
  first(): T | undefined
  shift(): T | undefined
  clear(): void
}

export function startQueue<T>(): Queue<T> {
  let places: (T | undefined)[] = Array(16).fill(undefined)
  let begin = 0
  let length = 0

  function grow(): void {
    const larger: (T | undefined)[] = Array(2 * places.length).fill(undefined)
    for (let i = 0; i < length; i++) larger[i] = places[(begin + i) & (places.length - 1)]
    places = larger
    begin = 0
  }

  return {
    get length() {
      return length
    },
    push(one) {
      if (length === places.length) grow()
      places[(begin + length) & (places.length - 1)] = one
      length += 1
    },
    first: () => (length === 0 ? undefined : places[begin]),
    shift() {
      if (length === 0) return undefined
      const one = places[begin]
      places[begin] = undefined
      begin = (begin + 1) & (places.length - 1)
      length -= 1
      return one
    },
    clear() {
      places.fill(undefined)
      begin = 0
      length = 0
    },
  }
}
