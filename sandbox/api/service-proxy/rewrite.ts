/** Where a page of a proxied Service comes from, and what leads to the Service. */
export type Source = {
  /** The endpoint. */
  host: string
  /** The Host header of the request. */
  asked: string
  /** The path of the Service's proxy. */
  prefix: string
}

/**
 * A URL so that it goes through the proxy, if it is of the same host. Source: kubernetes, apimachinery/pkg/util/proxy,
 * Transport.rewriteURL, for a request without scheme and host in its first line.
 */
export function rewrittenUrl(url: string, { host, asked, prefix }: Source): string {
  const [, scheme = '', authority, path = '', rest = ''] =
    /^(?:([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*))?([^?#]*)(.*)$/i.exec(url) ?? []
  const isOther = authority !== undefined && authority !== host && authority !== asked
  if (isOther || !path.startsWith('/')) return url
  const origin = authority === asked ? `${scheme}//${authority}` : ''
  return `${origin}${path.startsWith(prefix) ? path : prefix + path}${rest}`
}

const LINK =
  /(<(?:a|area|base|form|img|iframe|link|script|source|video)\b[^>]*?\s(?:href|src|action)=")([^"]*)(")/gi

/** A page whose links go through the proxy. */
export function rewrittenPage(page: string, source: Source): string {
  return page.replace(
    LINK,
    (_, before: string, url: string, after: string) => before + rewrittenUrl(url, source) + after,
  )
}
