import * as core from '@actions/core'
import { bounded } from '../report/log/bounded.ts'
import type { LogLine } from '../report/log/log-line.ts'
import { plainText } from '../report/plain-text.ts'
import type { Redactor } from '../report/redact/redact.ts'
import { base64Forms } from '../report/redact/secret-forms.ts'

/** Prints lines to the log of the step. Notices, warnings and errors become annotations, and groups can be folded. */
export function printer(redactor: Redactor): (line: LogLine) => void {
  return ({ level, text, title }) => {
    const plain = plainText(bounded(redactor.redact(text)))
    const properties = title === undefined ? {} : { title: plainText(redactor.redact(title)) }
    switch (level) {
      case 'notice':
        return core.notice(plain, properties)
      case 'warning':
        return core.warning(plain, properties)
      case 'error':
        return core.error(plain, properties)
      case 'group':
        return core.startGroup(plain.replace(/\s+/g, ' '))
      case 'group-end':
        return core.endGroup()
      case 'info':
        return core.info(plain)
      case 'debug':
        return core.debug(plain)
      case 'live':
        // No line of the runner's log can be overwritten.
        return
    }
  }
}

/**
 * Masks a secret and its base64 forms in the runner's log, where a plugin, a probe or a later step may print them, and
 * redacts them in what this process prints. Each secret is masked once.
 */
export function masker(redactor: Redactor): (secret: string) => void {
  const masked = new Set<string>()
  return (secret) => {
    if (masked.has(secret)) return
    masked.add(secret)
    redactor.add(secret)
    for (const form of new Set([secret, ...base64Forms(secret)])) core.setSecret(form)
  }
}
