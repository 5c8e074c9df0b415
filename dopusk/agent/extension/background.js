// Carries one question of a page to the program on this machine and its answer back. It keeps nothing and decides
// nothing but who asks: the origin is the browser's word, never the page's.

const HOST = "org.dopusk.agent";
const FIELDS = ["v", "do", "content", "thumbprint"];
const ABSENT = /not found|forbidden|disallowed|failed to start/i;

const running = new Map(); // tab → how to end what it waits for

const refusal = (code, detail) => ({ ok: false, code, ...(detail ? { detail } : {}) });

chrome.runtime.onMessageExternal.addListener((message, sender, sendResponse) => {
  if (!sender.tab || !sender.origin || sender.frameId !== 0) {
    sendResponse(refusal("ORIGIN_REFUSED", "frame"));
    return false;
  }
  if (message?.do === "cancel") {
    stop(sender.tab.id, "page");
    sendResponse({ ok: true });
    return false;
  }
  ask(message, sender).then(sendResponse, (error) => sendResponse(refusal("NO_HOST", String(error))));
  return true; // the answer comes later
});

chrome.tabs.onRemoved.addListener((tab) => stop(tab, "page_gone"));

// Closes the pipe to the program; with it goes its PIN window.
function stop(tab, why) {
  for (const end of running.get(tab) ?? []) end(refusal("CANCELLED", why));
}

function ask(message, sender) {
  const tab = sender.tab.id;
  const question = { origin: sender.origin };
  for (const field of FIELDS) {
    if (message && Object.hasOwn(message, field)) question[field] = message[field];
  }
  return new Promise((resolve) => {
    const port = chrome.runtime.connectNative(HOST);
    const end = (answer) => {
      const others = (running.get(tab) ?? []).filter((one) => one !== end);
      if (others.length) running.set(tab, others);
      else running.delete(tab);
      port.disconnect();
      resolve(answer);
    };
    running.set(tab, [...(running.get(tab) ?? []), end]);
    port.onMessage.addListener(end);
    port.onDisconnect.addListener(() => {
      const said = chrome.runtime.lastError?.message ?? "";
      end(refusal(ABSENT.test(said) ? "NO_HOST" : "TOKEN_FAULT", said));
    });
    port.postMessage(question);
  });
}
