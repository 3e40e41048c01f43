// A photo goes over a weak signal: it is made small on the phone. And the phone tells where it is, if somebody taps.

const LONGEST = 1600;
const LARGE = 400_000; // bytes; less is sent as it is

async function smaller(file) {
  if (file.size < LARGE || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return blob && blob.size < file.size ? new File([blob], "foto.jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file; // no picture that this browser reads: the server says so
  }
}

const photos = document.getElementById("photos");
const pick = document.getElementById("pick");
if (pick) {
  // One tap: choosing is sending. Without this script the plain field and its button are there.
  pick.classList.add("sr");
  document.getElementById("pick-word").className = "button main";
  document.getElementById("send").hidden = true;
  pick.addEventListener("change", async () => {
    document.getElementById("sending").textContent = `Mengirim ${pick.files.length} foto …`;
    const carried = new DataTransfer();
    for (const file of pick.files) carried.items.add(await smaller(file));
    pick.files = carried.files;
    if (pick.files.length) photos.requestSubmit();
  });
}

const place = document.getElementById("place");
if (place && navigator.geolocation && window.isSecureContext) {
  place.hidden = false;
  const told = document.getElementById("located");
  document.getElementById("locate").addEventListener("click", () => {
    told.textContent = "Mencari lokasi …";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        document.getElementById("spot").value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`;
        told.textContent = "Lokasi ikut tersimpan saat Anda menyimpan.";
      },
      () => { told.textContent = "Lokasi tidak terbaca. Boleh dikosongkan."; },
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  });
}

// What is lacking is asked only where something is.
const lacking = document.getElementById("lacking");
const venue = document.querySelectorAll("input[name=tempat]");
function show() {
  const some = document.querySelector("input[name=tempat]:checked")?.value === "kurang";
  lacking.hidden = !some;
  if (!some) for (const box of lacking.querySelectorAll("input")) box.checked = false;
}
if (lacking) {
  for (const one of venue) one.addEventListener("change", show);
  show();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    button.textContent = "Tersalin";
  });
}
