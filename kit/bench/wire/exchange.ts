/** So many exchanges with one address: connect, send a line, read a line, close. */
export type Round = {
  host: string
  port: number
  connections: number
  inFlight: number
}

/** What every client of the bench sends. */
export const PAYLOAD = Buffer.from('hello\n')

/** Makes the exchanges of a round and resolves with the number of those that went wrong. */
export type Exchange = (round: Round) => Promise<number>
