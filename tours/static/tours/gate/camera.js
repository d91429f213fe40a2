// Reads codes by the telephone's camera, where the browser can.
export const canRead = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices);

const GONE_MS = 1000;

// Calls `found` with each code that comes into the picture, until the returned function is called. One that was away for
// a second comes anew: the next of a party shows the same code, and so does whoever holds a picture of somebody's.
export async function watch(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}});
  const detector = new BarcodeDetector({formats: ["qr_code"]});
  const lastSeen = new Map();
  let isOn = true;
  video.srcObject = stream;
  await video.play();
  (async () => {
    while (isOn) {
      const [code] = await detector.detect(video).catch(() => []);
      if (code) {
        const now = performance.now(), before = lastSeen.get(code.rawValue) ?? -Infinity;
        lastSeen.set(code.rawValue, now);
        if (now - before > GONE_MS) found(code.rawValue);
      }
      await new Promise(requestAnimationFrame);
    }
  })();
  return () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
  };
}
