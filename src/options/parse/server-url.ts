import type { Given } from '../option.ts'

const FORM = 'the http or https URL of a server, such as https://prometheus.example.com'

/** The address of a server. It may have credentials, so no problem shows it. */
export function parseServerUrl({ name, text, refuse }: Given): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url === undefined || !isHttp || url.hostname === '')
    return refuse('ITS-INPUT-INVALID', () =>
      [
        `${name} must be ${FORM}.`,
        ...(/^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) ? ['Add http:// or https:// in front.'] : []),
      ].join(' '),
    )
  if (url.hash !== '')
    return refuse(
      'ITS-INPUT-INVALID',
      () =>
        `${name} must not have a fragment (#). Give the address of the API, not that of a page.`,
    )
  return url.href
}
