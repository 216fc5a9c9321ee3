/* What a page does beyond showing: the visitor's own clock, copying, and watching a run. Without it everything else works. */
(function () {
  "use strict";

  var clock = new Intl.DateTimeFormat(undefined, {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false
  });
  var full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

  function localise() {
    document.querySelectorAll("time[datetime]").forEach(function (time) {
      var at = new Date(time.dateTime);
      /* What was fetched anew is in the server's zone again. */
      if (!isNaN(at) && time.dataset.local !== time.textContent) {
        time.title = full.format(at);
        time.dataset.local = time.textContent = clock.format(at);
      }
    });
  }

  localise();
  new MutationObserver(localise).observe(document.body, { childList: true, characterData: true, subtree: true });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) { return; }
    var text = document.getElementById(button.dataset.copy).textContent;
    navigator.clipboard.writeText(text).then(function () {
      button.textContent = "Copied";
    }, function () {
      button.textContent = "Select and copy";
    });
  });

  document.querySelectorAll("[data-scripted]").forEach(function (one) { one.hidden = false; });

  /* A run's events. The browser itself connects again and says which it saw last. */
  var watched = document.querySelector("[data-events]");
  if (!watched || !window.EventSource) { return; }
  var log = document.getElementById("log");
  var state = document.getElementById("watch");
  var seen = 0;
  var due = 0;
  var source = new EventSource(watched.dataset.events);

  function refresh() {
    /* Steps of a list end many at once: one look for all of them. */
    if (!due) {
      due = setTimeout(function () {
        due = 0;
        htmx.trigger("#live", "changed");
      }, 120);
    }
  }

  function happened(event) {
    var number = Number(event.lastEventId);
    if (number <= seen) { return; }
    seen = number;
    var told = JSON.parse(event.data);
    if (told.type !== "step.delta") {
      var item = document.createElement("li");
      item.dataset.number = number;
      var at = document.createElement("time");
      at.dateTime = told.at;
      at.className = "at";
      at.textContent = told.at;
      item.append(at, [told.type, told.key || told.step || "", told.model || "", told.reason || ""].filter(Boolean).join(" · "));
      log.append(item);
      log.scrollTop = log.scrollHeight;
      refresh();
    }
    if (/^run\.(completed|failed|cancelled|expired)$/.test(told.type)) {
      source.close();
      state.textContent = "The run has ended.";
    }
  }

  ["run.started", "run.resumed", "run.retried", "run.waiting", "run.completed", "run.failed", "run.cancelled", "run.expired",
    "step.started", "step.delta", "step.attempt_failed", "step.completed", "step.skipped", "step.failed", "step.parked"]
    .forEach(function (type) { source.addEventListener(type, happened); });
  source.onopen = function () { state.textContent = "Watching: steps appear as they end."; refresh(); };
  source.onerror = function () {
    state.textContent = source.readyState === 2 ? "No longer watching; load the page again." : "The connection was lost; connecting again.";
  };
})();
