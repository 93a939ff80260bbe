import { type Json, textAt } from './json.ts'
import type { Cause } from './status-error.ts'

const MOST = { reportingInstance: 128, action: 128, reason: 128, message: 1024 }

/**
 * What is wrong with an Event of the core group. One with the field eventTime has more rules than an old one.
 * Source: k8s.io/kubernetes, pkg/apis/core/validation/events.go, legacyValidateEvent.
 */
export function eventCauses(event: Json, namespace: string): Cause[] {
  const about = textAt(event, 'involvedObject', 'namespace') ?? ''
  const isOld = textAt(event, 'eventTime') === undefined
  if (isOld) return about === namespace ? [] : [otherNamespace(about, 'involvedObject.namespace')]
  const required = (
    ['reportingComponent', 'reportingInstance', 'action', 'reason'] as const
  ).filter((field) => !textAt(event, field))
  return [
    ...required.flatMap((field) => [
      { reason: 'FieldValueRequired', message: 'Required value', field },
      ...(field === 'reportingComponent' ? [NOT_QUALIFIED, NOT_QUALIFIED_NAME] : []),
    ]),
    ...Object.entries(MOST).flatMap(([field, most]) =>
      Buffer.byteLength(textAt(event, field) ?? '') > most
        ? [invalid(field, '""', `can have at most ${most} characters`)]
        : [],
    ),
  ]
}

const NOT_QUALIFIED = invalid('reportingComponent', '""', 'name part must be non-empty')
const NOT_QUALIFIED_NAME = invalid(
  'reportingComponent',
  '""',
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
)

function otherNamespace(about: string, field: string): Cause {
  return invalid(field, JSON.stringify(about), 'does not match event.namespace')
}

function invalid(field: string, value: string, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field }
}
