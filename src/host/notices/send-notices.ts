import { ApiError, whyFailed } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { coreResource, grantingRule, resourcePath } from '../../kube/resources.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { capitalized, sentence } from '../../problem/sentence.ts'
import type { Notice } from '../../report/notices/notices.ts'
import { eventObject, type Subject } from './event-object.ts'

/** One attempt: an Event is not worth repeating, and an API server in trouble has better to do. */
const ATTEMPT_MS = 5000
/** How long the end of a run waits for Events in flight. */
const END_MS = 2000
/** The same after a cancel: the runner kills soon. */
const END_AFTER_CANCEL_MS = 500

type Settings = {
  api: Pick<ApiServer, 'withAttemptLimit'>
  /** `auto`: no warning about an Event that could not be created. */
  wanted: boolean | 'auto'
  run: string
  redact: (text: string) => string
  cancelled: AbortSignal
  warn: (problem: Problem) => void
}

/** Creates Events beside a run, one after the other. */
export type NoticeSender = {
  /** The object that they are about, once it is read. */
  about(subject: Subject): void
  send(notices: readonly Notice[]): void
  /** Resolves when all are created, or given up. */
  end(): Promise<void>
}

export function startSendingNotices(settings: Settings): NoticeSender {
  const { api, wanted, run, redact, cancelled, warn } = settings
  const calls = api.withAttemptLimit(ATTEMPT_MS)
  const over = new AbortController()
  let subject: Subject | undefined
  let isGivenUp = wanted === false
  let hasWarned = wanted !== true
  let sent = Promise.resolve()

  async function create(about: Subject, notice: Notice): Promise<void> {
    if (isGivenUp) return
    const resource = coreResource('events', about.namespace)
    const body = eventObject(about, { ...notice, message: redact(notice.message) }, run)
    try {
      await calls.create(resourcePath(resource), body, over.signal)
    } catch (error) {
      // A right that is missing is still missing for the next one.
      isGivenUp = isRefused(error)
      if (!hasWarned) warn(notCreated(about, error))
      hasWarned = true
    }
  }

  return {
    about: (object) => {
      subject = object
    },
    send(notices) {
      const about = subject
      if (about === undefined || isGivenUp) return
      for (const notice of notices) sent = sent.then(() => create(about, notice))
    },
    async end() {
      const timers = [setTimeout(() => over.abort(), END_MS)]
      const hurry = () => void timers.push(setTimeout(() => over.abort(), END_AFTER_CANCEL_MS))
      if (cancelled.aborted) hurry()
      else cancelled.addEventListener('abort', hurry, { once: true })
      await sent
      cancelled.removeEventListener('abort', hurry)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Whatever it is like. A server in trouble may create the next one, and one that rejects this one may take another. */
function isRefused(error: unknown): boolean {
  return error instanceof ApiError && REFUSED.includes(error.status ?? 0)
}

const REFUSED = [401, 403, 404]

function notCreated({ kind, namespace, name }: Subject, error: unknown): Problem {
  const isDenied = error instanceof ApiError && error.status === 403
  const why = error instanceof ApiError ? whyFailed(error) : String(error)
  return warning(
    'ITS-EVENT-NOT-CREATED',
    `A Kubernetes Event on ${kind} ${namespace}/${name} could not be created. ${sentence(capitalized(why))}`,
    isDenied ? grantingRule(coreResource('events', namespace), 'create') : '',
  )
}
