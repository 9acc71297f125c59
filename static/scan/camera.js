/** Scanning with the phone's camera: the browser's own BarcodeDetector, else a reader that is loaded when needed. */

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code"];
const LOOK_EVERY_MS = 120;
// A code must be read twice before it counts, and the same one again only after a pause.
const SAME_AGAIN_MS = 2500;
const WIDTH = 1280;

export function createCamera({ panel, video, text, light, texts, readerUrl, onScan, onClose }) {
    let stream = null;
    let reader = null;
    let timer = 0;
    let candidate = "";
    let accepted = { text: "", at: -Infinity };

    async function open() {
        if (stream) return true;
        panel.hidden = false;
        document.body.classList.add("camera-open");
        text.textContent = texts.cameraLoading;
        if (!window.isSecureContext || !navigator.mediaDevices) return fail(texts.cameraInsecure);
        try {
            [reader, stream] = await Promise.all([makeReader(readerUrl), takeCamera()]);
        } catch (error) {
            return fail(error.name === "NotAllowedError" ? texts.cameraDenied : texts.cameraMissing);
        }
        video.srcObject = stream;
        await video.play().catch(() => undefined);
        text.textContent = texts.cameraAim;
        offerLight();
        timer = setTimeout(look, LOOK_EVERY_MS);
        return true;
    }

    function fail(reason) {
        text.textContent = reason;
        return false;
    }

    function close() {
        clearTimeout(timer);
        stream?.getTracks().forEach((track) => track.stop());
        stream = null;
        video.srcObject = null;
        panel.hidden = true;
        candidate = "";
        document.body.classList.remove("camera-open");
        onClose();
    }

    function offerLight() {
        const [track] = stream.getVideoTracks();
        light.hidden = !track.getCapabilities?.().torch;
        light.onclick = async () => {
            const on = light.getAttribute("aria-pressed") !== "true";
            await track.applyConstraints({ advanced: [{ torch: on }] });
            light.setAttribute("aria-pressed", String(on));
        };
    }

    async function look() {
        if (!stream) return;
        const found = video.readyState >= 2 ? await reader(video).catch(() => "") : "";
        if (found) consider(found);
        if (stream) timer = setTimeout(look, LOOK_EVERY_MS);
    }

    function consider(found) {
        const sure = found === candidate;
        candidate = found;
        const again = found === accepted.text && performance.now() - accepted.at < SAME_AGAIN_MS;
        if (found === accepted.text) accepted.at = again ? performance.now() : accepted.at;
        if (!sure || again) return;
        accepted = { text: found, at: performance.now() };
        text.textContent = texts.cameraRead.replace("%(text)s", found);
        onScan(found);
    }

    return { open, close, get running() { return Boolean(stream); } };
}

function takeCamera() {
    return navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: WIDTH } },
    });
}

/** A function from a video to the text of a barcode in it, or "". */
async function makeReader(readerUrl) {
    if ("BarcodeDetector" in window) {
        const known = await window.BarcodeDetector.getSupportedFormats();
        const formats = FORMATS.filter((name) => known.includes(name));
        if (formats.includes("ean_13") && formats.includes("code_128")) {
            const detector = new window.BarcodeDetector({ formats });
            return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
        }
    }
    return fallbackReader(await loadFallback(readerUrl));
}

function loadFallback(url) {
    if (window.ZXing) return Promise.resolve(window.ZXing);
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = url;
        script.onload = () => resolve(window.ZXing);
        script.onerror = () => reject(new Error("reader not loaded"));
        document.head.append(script);
    });
}

function fallbackReader(ZXing) {
    const { BarcodeFormat: format, DecodeHintType: hint } = ZXing;
    const hints = new Map([
        [hint.POSSIBLE_FORMATS, [format.EAN_13, format.EAN_8, format.UPC_A, format.UPC_E, format.CODE_128, format.CODE_39, format.ITF, format.QR_CODE]],
        [hint.TRY_HARDER, true],
    ]);
    const reader = new ZXing.MultiFormatReader();
    reader.setHints(hints);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        context.drawImage(video, 0, 0);
        const source = new ZXing.HTMLCanvasElementLuminanceSource(canvas);
        try {
            return reader.decode(new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(source))).getText();
        } catch {
            return ""; // nothing readable in this picture
        }
    };
}
