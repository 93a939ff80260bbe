import type { Socket } from 'node:net'

/**
 * Ends a connection at once, with a reset if possible, so that no port stays in TIME_WAIT. During a half-close libuv
 * refuses to reset, and Node would keep the handle and spin at its exit.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
