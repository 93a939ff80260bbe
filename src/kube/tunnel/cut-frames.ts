/** The beginning of a frame: how many bytes it has itself, and how many follow it. */
export type FrameHead = { bytes: number; length: number }

/**
 * Finds the frames in what arrives, however that is cut: `take` gets each as soon as it is complete. Throws an Error for a
 * frame that is longer than any should be, as where the peer speaks another protocol.
 */
export function startCuttingFrames<H extends FrameHead>(
  /** Undefined: the head has not arrived as a whole. */
  headOf: (bytes: Buffer) => H | undefined,
  mostBytes: number,
  take: (head: H, payload: Buffer) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const head = headOf(rest)
      if (head === undefined) return
      if (head.length > mostBytes) throw new Error(`a frame of ${head.length} bytes`)
      const end = head.bytes + head.length
      if (rest.length < end) return
      const payload = rest.subarray(head.bytes, end)
      rest = rest.subarray(end)
      take(head, payload)
    }
  }
}
