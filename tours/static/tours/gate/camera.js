// Reads codes by the telephone's camera, where the browser can.
export const canRead = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices);

// Calls `found` with each new code in the picture, until the returned function is called.
export async function watch(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}});
  const detector = new BarcodeDetector({formats: ["qr_code"]});
  let last = "", isOn = true;
  video.srcObject = stream;
  await video.play();
  (async () => {
    while (isOn) {
      const [code] = await detector.detect(video).catch(() => []);
      if (code && code.rawValue !== last) found(last = code.rawValue);
      await new Promise(requestAnimationFrame);
    }
  })();
  return () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
  };
}
