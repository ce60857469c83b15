// Tells the server the reader's time zone, for the pages that follow. The first one says UTC.

const YEAR = 365 * 24 * 3600;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; secure" : "";
if (zone) document.cookie = `zone=${zone}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
