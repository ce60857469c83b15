// Requests of the labeling pages. What comes back is { status, data }; status 0: no connection, one
// that was cut before the whole answer was here, or no answer within PATIENCE.

const PATIENCE = 30_000;
const { most_bytes: MOST } = JSON.parse(document.getElementById("work-common").textContent);

function token() {
  // Read at each request: signing in again in another tab changes it.
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

// body: FormData is sent as a form, all else as JSON.
export async function post(url, body, { keepalive = false } = {}) {
  const form = body instanceof FormData ? new URLSearchParams(body) : null;
  const content = form ?? JSON.stringify(body);
  // The server hangs up on more than it takes, which would look like no connection.
  if (new Blob([content]).size > MOST) return { status: 413, data: {} };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Accept": "application/json",
        "Content-Type": form ? "application/x-www-form-urlencoded" : "application/json",
        "X-CSRFToken": token(),
      },
      body: content,
      redirect: "error",
      signal: stop.signal,
      keepalive,
    });
    const isJSON = response.headers.get("Content-Type")?.includes("json");
    const data = isJSON ? await response.json() : { text: await response.text() };
    return { status: response.status, data };
  } catch {
    return { status: 0, data: {} };
  } finally {
    clearTimeout(timer);
  }
}
