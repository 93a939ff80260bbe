/** Acts of a server that come later. They keep no process alive, and none comes after `stop`. */
export type Later = {
  in(delayMs: number, act: () => void): void
  stop(): void
}

export function createLater(): Later {
  const timers = new Set<NodeJS.Timeout>()
  return {
    in(delayMs, act) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        act()
      }, delayMs)
      timer.unref()
      timers.add(timer)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
