import { ApiError } from '../../src/kube/api-error.ts'
import type { ApiCalls, ApiServer } from '../../src/kube/api-server.ts'
import type { Json } from '../../src/kube/json.ts'
import type { PatchOperation } from '../../src/kube/json-patch.ts'
import { gate } from '../run/gate.ts'

/** A call on the route object that waits for its turn. A dry run stores nothing, so it is a read. */
export type HeldCall = {
  kind: 'read' | 'write'
  label: string
  operations: readonly PatchOperation[]
  signal: AbortSignal
  /** Sends it, by the party's own client or, once the party is gone, for the network that still carries it. */
  send: (signal: AbortSignal) => Promise<unknown>
}

const DRY_RUN = 'dry run'

/** A client of the API server. Between two calls on the route object no other client acts. */
export type Party = {
  name: string
  api: ApiServer
  /** The call that it waits with; undefined: it has ended, or is dead. */
  held(): HeldCall | undefined
  /** What the API server said to its latest call: `ok`, a status, or why there was none. */
  answered(): string
  /** Resolves when it waits, has ended or is dead. */
  rest(): Promise<void>
  /** Sends the call that it waits with. */
  go(): void
  /** Ends it as a kill does: nothing of it is ever sent again. */
  die(): void
  /** Lets what is left of a dead one fail, so that it frees what it holds. */
  bury(): void
  /** Has nothing more to do. */
  end(): void
}

/**
 * A party whose calls on the route object wait until they are let go, and whose other calls pass.
 * `onObject` gets what each of them was answered, but for dry runs, which show what is not there.
 */
export function startParty(
  name: string,
  client: ApiServer,
  onObject: (answer: Json) => void = () => undefined,
): Party {
  let held: (HeldCall & { resume: () => void; fail: (error: Error) => void }) | undefined
  let life: 'alive' | 'dead' | 'buried' = 'alive'
  let answered = ''
  let rested = gate()

  function pass<T>(call: Omit<HeldCall, 'send'>, send: HeldCall['send']): Promise<T> {
    if (life === 'buried') return Promise.reject(gone())
    return new Promise((resolve, fail) => {
      const resume = () => {
        send(call.signal)
          .then((answer) => {
            answered = 'ok'
            if (call.label !== DRY_RUN) onObject(answer as Json)
            resolve(answer as T)
          })
          .catch((error: unknown) => {
            answered = String(error instanceof ApiError ? error.status : error)
            fail(error)
          })
      }
      held = { ...call, send, resume, fail }
      rested.open()
    })
  }

  const calls = (of: ApiCalls): ApiCalls => ({
    get: (path, signal) =>
      isRoute(path)
        ? pass({ kind: 'read', label: 'GET', operations: [], signal }, (s) => of.get(path, s))
        : of.get(path, signal),
    patch: (path, operations, how, signal) =>
      pass(
        {
          kind: how.dryRun ? 'read' : 'write',
          label: how.dryRun ? DRY_RUN : 'PATCH',
          operations,
          signal,
        },
        (s) => of.patch(path, operations, how, s),
      ),
    create: of.create,
    delete: of.delete,
  })

  return {
    name,
    api: {
      ...client,
      ...calls(client),
      withAttemptLimit: (attemptMs) => calls(client.withAttemptLimit(attemptMs)),
    },
    held: () => (life === 'alive' ? held : undefined),
    answered: () => answered,
    rest: () => rested.reached,
    go() {
      const call = held
      held = undefined
      rested = gate()
      call?.resume()
    },
    die() {
      life = 'dead'
    },
    bury() {
      life = 'buried'
      held?.fail(gone())
    },
    end() {
      held = undefined
      rested.open()
    },
  }
}

/** No error of an API server: those are met by another attempt. */
function gone(): Error {
  return new Error('this party is dead')
}

function isRoute(path: string): boolean {
  return /\/virtualservices\/[^/?]+/.test(path)
}
