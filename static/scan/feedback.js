/** What a person sees, hears and feels of an outcome. Every outcome differs in all three. */

// [frequency Hz, start s, length s, wave, loudness 0..1]
const TONES = {
    OK: [[1320, 0, 0.09, "sine", 0.5]],
    DONE: [[880, 0, 0.09, "sine", 0.5], [1175, 0.1, 0.09, "sine", 0.5], [1568, 0.2, 0.18, "sine", 0.5]],
    WRONG: [[196, 0, 0.22, "square", 0.6], [196, 0.3, 0.34, "square", 0.6]],
    NEIGHBOUR: [[660, 0, 0.12, "triangle", 0.9], [440, 0.13, 0.12, "triangle", 0.9], [660, 0.26, 0.12, "triangle", 0.9], [440, 0.39, 0.16, "triangle", 0.9]],
    REFUSED: [[150, 0, 0.6, "sawtooth", 0.6]],
    UNKNOWN: [[520, 0, 0.07, "square", 0.4], [520, 0.14, 0.07, "square", 0.4], [520, 0.28, 0.07, "square", 0.4]],
    QUEUED: [[740, 0, 0.05, "sine", 0.35], [620, 0.08, 0.07, "sine", 0.35]],
};

// Milliseconds on, off, on …
const VIBRATIONS = {
    OK: [60],
    DONE: [60, 50, 60, 50, 160],
    WRONG: [400, 100, 400],
    NEIGHBOUR: [120, 80, 120, 80, 120, 80, 120],
    REFUSED: [600],
    UNKNOWN: [90, 60, 90, 60, 90],
    QUEUED: [30, 30, 30],
};

export function createFeedback({ settings, flash, say, sayLoud, bad }) {
    let audio = null;

    /** Browsers let a page sound only after somebody touched it or pressed a key. */
    function unlock() {
        const Audio = window.AudioContext ?? window.webkitAudioContext;
        if (!audio && Audio) audio = new Audio();
        if (audio?.state === "suspended") audio.resume().catch(() => undefined);
    }
    for (const name of ["pointerdown", "keydown", "touchend"]) {
        document.addEventListener(name, unlock, { capture: true, passive: true });
    }

    function tone([frequency, start, length, wave, loudness]) {
        const from = audio.currentTime + start;
        const oscillator = new OscillatorNode(audio, { type: wave, frequency });
        const gain = new GainNode(audio, { gain: 0 });
        // A short ramp at both ends: no clicks.
        gain.gain.setValueAtTime(0, from);
        gain.gain.linearRampToValueAtTime(loudness, from + 0.008);
        gain.gain.setValueAtTime(loudness, from + length - 0.015);
        gain.gain.linearRampToValueAtTime(0, from + length);
        oscillator.connect(gain).connect(audio.destination);
        oscillator.start(from);
        oscillator.stop(from + length);
    }

    function sound(outcome) {
        const on = settings.get("sound");
        tell("scan:sound", { outcome, on, tones: TONES[outcome]?.length ?? 0 });
        if (on && audio?.state === "running") (TONES[outcome] ?? []).forEach(tone);
    }

    function vibrate(outcome) {
        if (!settings.get("vibration") || !VIBRATIONS[outcome]) return;
        tell("scan:vibrate", { outcome, pattern: VIBRATIONS[outcome] });
        if (navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(VIBRATIONS[outcome]);
    }

    function show(outcome) {
        flash.className = "flash";
        void flash.offsetWidth; // starts the animation again for the same outcome twice
        flash.className = `flash flash-${outcome} flash-on`;
    }

    function speak(text, loud) {
        const [now, other] = loud ? [sayLoud, say] : [say, sayLoud];
        other.textContent = "";
        // Emptied first: the same sentence twice must be read twice.
        now.textContent = "";
        setTimeout(() => { now.textContent = text; }, 30);
    }

    return {
        signal(outcome, message = "") {
            show(outcome);
            sound(outcome);
            vibrate(outcome);
            speak(message, bad.has(outcome));
            tell("scan:outcome", { outcome, message });
        },
        sound,
        speak,
        unlock,
    };
}

/** Pages, and tests, may listen to these events on `document`. */
export function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
}
