// [data-import]: how far the job of an import is, asked once a second; at its end the page comes anew.
const box = document.querySelector("[data-import]");
const part = (name) => box.querySelector(`[data-${name}]`);
const number = new Intl.NumberFormat(document.documentElement.lang);
const WAIT = 1000;

async function look() {
  try {
    const answer = await fetch(box.dataset.job);
    if (!answer.ok) throw new Error(answer.status);
    const { job } = await answer.json();
    if (job.state !== box.dataset.state) return location.reload();
    show(job);
    part("lost").hidden = true;
  } catch {
    part("lost").hidden = false;
  }
  setTimeout(look, WAIT);
}

function show({ step, total_steps: total }) {
  const bar = box.querySelector("progress");
  if (total) [bar.max, bar.value] = [total, step];
  part("done").textContent = number.format(step);
  part("total").textContent = number.format(total);
  part("of").hidden = !total;
}

setTimeout(look, WAIT);
