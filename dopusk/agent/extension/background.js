// Carries one question of a page to the program on this machine and its answer back. It keeps nothing and decides
// nothing but who asks: the origin is the browser's word, never the page's.

const HOST = "org.dopusk.agent";
const FIELDS = ["v", "do", "content", "thumbprint"];
const ABSENT = /not found|forbidden|disallowed|failed to start/i;

const refusal = (code, detail) => ({ ok: false, code, ...(detail ? { detail } : {}) });

chrome.runtime.onMessageExternal.addListener((message, sender, sendResponse) => {
  if (!sender.tab || !sender.origin || sender.frameId !== 0) {
    sendResponse(refusal("ORIGIN_REFUSED", "frame"));
    return false;
  }
  ask(message, sender).then(sendResponse, (error) => sendResponse(refusal("NO_HOST", String(error))));
  return true; // the answer comes later
});

function ask(message, sender) {
  const question = { origin: sender.origin };
  for (const field of FIELDS) {
    if (message && Object.hasOwn(message, field)) question[field] = message[field];
  }
  return new Promise((resolve) => {
    const port = chrome.runtime.connectNative(HOST);
    const pageGone = (tabId) => {
      if (tabId === sender.tab.id) {
        port.disconnect(); // and its PIN window goes
        end(refusal("CANCELLED", "page_gone"));
      }
    };
    const end = (answer) => {
      chrome.tabs.onRemoved.removeListener(pageGone);
      resolve(answer);
    };
    chrome.tabs.onRemoved.addListener(pageGone);
    port.onMessage.addListener((answer) => {
      end(answer);
      port.disconnect();
    });
    port.onDisconnect.addListener(() => {
      const said = chrome.runtime.lastError?.message ?? "";
      end(refusal(ABSENT.test(said) ? "NO_HOST" : "TOKEN_FAULT", said));
    });
    port.postMessage(question);
  });
}
