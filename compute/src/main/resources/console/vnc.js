// The console's page: joins noVNC's RFB client to our WebSocket and shows how it goes.
const status = document.getElementById('status');
const keys = document.getElementById('keys');

function say(text, kind) {
    status.textContent = text;
    status.className = kind || '';
}

document.getElementById('full').onclick = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
};

async function start() {
    if (document.getElementById('missing').textContent) {
        say('Not connected', 'off');
        return;
    }
    // noVNC's parameter: where the WebSocket is, with its token.
    const path = new URLSearchParams(location.search).get('path');
    const door = '/console/websockify?token=';
    if (!path || !`/${path}`.startsWith(door)) {
        say('The address has no token. Ask for a new console.', 'off');
        return;
    }
    const { default: RFB } = await import('/console/novnc/core/rfb.js');
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const url = `${scheme}://${location.host}/${path}`;
    const rfb = new RFB(document.getElementById('screen'), url);
    rfb.scaleViewport = true;
    rfb.background = '#16181d';
    keys.onclick = () => { rfb.sendCtrlAltDel(); rfb.focus(); };
    let connected = false;
    rfb.addEventListener('connect', () => {
        connected = true;
        keys.disabled = false;
        say('Connected', 'on');
        rfb.focus();
    });
    rfb.addEventListener('desktopname', (e) => {
        document.getElementById('name').textContent = e.detail.name;
        document.title = e.detail.name;
    });
    rfb.addEventListener('disconnect', (e) => {
        keys.disabled = true;
        if (!connected) say('The console cannot be opened. Its address may be too old: ask for a new one.', 'off');
        else say(e.detail.clean ? 'Closed' : 'The connection was lost', 'off');
    });
}

start().catch((e) => say(`The console cannot be shown: ${e.message}`, 'off'));
