// Shows what the server says of the file: each time that it is saved, anew.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);
  const tell = (id, text) => {
    find(id).textContent = text;
    find(id).parentElement.hidden = !text;
  };
  const feed = new EventSource("events");
  nndsl.listen();
  feed.onopen = () => { find("state").textContent = ""; };
  feed.onerror = () => { find("state").textContent = "nndsl watch has ended; this is the last state"; };
  feed.onmessage = (event) => {
    const news = JSON.parse(event.data);
    tell("messages", news.messages);
    tell("summary", news.summary);
    find("stage").classList.toggle("old", !news.picture);
    document.title = (news.picture ? "" : "✗ ") + news.file;
    if (news.picture) nndsl.open(news.picture);
    document.documentElement.dataset.version = news.version;
  };
})();
